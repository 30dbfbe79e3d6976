package org.blockraft.peer;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * POSIX signals, logged as stock does. The JDK's only interface to them is unsupported, and a
 * compiler warns of every use, so it is reached by reflection. Where it is missing, the JVM's own
 * handling stays.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger("nodeCmd");

  private Signals() {}

  /** Runs {@code action} on SIGTERM and SIGINT. */
  static void onStop(Runnable action) {
    on("TERM", action);
    on("INT", action);
  }

  /** Runs {@code action} on SIGUSR1. */
  static void onReport(Runnable action) {
    on("USR1", action);
  }

  private static void on(String name, Runnable action) {
    InvocationHandler received =
        (proxy, method, arguments) -> {
          if (method.getName().equals("handle")) {
            Object signal = arguments[0];
            Object number = signal.getClass().getMethod("getNumber").invoke(signal);
            LOG.info("Received signal: {} ({})", number, name);
            action.run();
            return null;
          }
          return method.getName().equals("hashCode") ? (Object) name.hashCode() : name;
        };
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(), new Class<?>[] {handlerType}, received);
      Object signal = signalType.getConstructor(String.class).newInstance(name);
      signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
    } catch (ReflectiveOperationException e) {
      LOG.warn("Signal {} has the JVM's own meaning here", name, e);
    }
  }
}
