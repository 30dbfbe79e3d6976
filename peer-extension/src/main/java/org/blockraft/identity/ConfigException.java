package org.blockraft.identity;

/** A channel configuration or an update of one was refused; the message is Fabric's own text. */
public sealed class ConfigException extends IdentityException permits ConfigIncompatibleException {

  public ConfigException(String message) {
    super(message);
  }

  /** Puts a context before the text of a cause, the way Fabric wraps errors: "context: cause". */
  public static ConfigException wrap(RuntimeException cause, String context) {
    return new ConfigException(context + ": " + cause.getMessage());
  }
}
