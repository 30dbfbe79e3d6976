package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been built since this process started, one build of a package at a time. A failure is
 * remembered too: only a new install tries again. Safe for use by many threads. Fabric:
 * core/container/build_registry.go, and InstallChaincode of core/chaincode/lifecycle/lifecycle.go.
 */
final class ChaincodeBuilds {
  private static final Logger log = LoggerFactory.getLogger("lifecycle");

  private final PackageStore packages;
  private final BuilderRegistry builders;
  private final Map<String, Slot> slots = new ConcurrentHashMap<>();

  /** The build of one package; the lock is held while building, which may take minutes. */
  private static final class Slot {
    final ReentrantLock lock = new ReentrantLock();
    BuiltChaincode built;
    ChaincodeException failure;

    boolean isDone() {
      return built != null || failure != null;
    }
  }

  ChaincodeBuilds(PackageStore packages, BuilderRegistry builders) {
    this.packages = packages;
    this.builders = builders;
  }

  /** Keeps and builds a new package; see {@link ChaincodeRuntime#install}. */
  InstalledPackage install(ByteString file) {
    ChaincodePackage parsed = parse(file);
    return install(parsed, file)
        .orElseThrow(
            () ->
                new ChaincodeException(
                    "chaincode already successfully installed (package ID '"
                        + parsed.packageId()
                        + "')"));
  }

  /** The same; empty if it is installed already. */
  Optional<InstalledPackage> installOnce(ByteString file) {
    return install(parse(file), file);
  }

  private static ChaincodePackage parse(ByteString file) {
    try {
      ChaincodePackage parsed = ChaincodePackage.parse(file);
      parsed.requireReadableCode();
      return parsed;
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("could not parse as a chaincode install package", e);
    }
  }

  private Optional<InstalledPackage> install(ChaincodePackage parsed, ByteString file) {
    String packageId = parsed.packageId();
    boolean known = packages.contains(packageId);
    InstalledPackage installed;
    try {
      installed = packages.save(parsed, file);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("could not save cc install package", e);
    }
    Slot slot = slot(packageId);
    slot.lock.lock();
    try {
      if (known && !slot.isDone()) {
        build(packageId, slot); // of an earlier run of this process; found again, not made
      }
      if (slot.built != null) {
        return Optional.empty();
      }
      slot.failure = null;
      build(packageId, slot);
      if (slot.failure != null) {
        packages.delete(packageId);
        throw ChaincodeException.wrap("could not build chaincode", slot.failure);
      }
    } finally {
      slot.lock.unlock();
    }
    log.info("Successfully installed chaincode with package ID '{}'", packageId);
    return Optional.of(installed);
  }

  /**
   * The build of an installed package, made if need be; throws "error building image: ..." if it
   * failed.
   */
  BuiltChaincode build(String packageId) {
    Slot slot = slot(packageId);
    slot.lock.lock();
    try {
      if (!slot.isDone()) {
        build(packageId, slot);
      }
      if (slot.failure != null) {
        throw ChaincodeException.wrap("error building image", slot.failure);
      }
      return slot.built;
    } finally {
      slot.lock.unlock();
    }
  }

  /** What was built, or null; does not build. */
  BuiltChaincode built(String packageId) {
    Slot slot = slots.get(packageId);
    if (slot == null) {
      return null;
    }
    slot.lock.lock();
    try {
      return slot.built;
    } finally {
      slot.lock.unlock();
    }
  }

  /** The ids of all packages built so far. */
  Iterable<String> packageIds() {
    return slots.keySet();
  }

  private Slot slot(String packageId) {
    return slots.computeIfAbsent(packageId, id -> new Slot());
  }

  private void build(String packageId, Slot slot) {
    try {
      slot.built = builders.build(packageId, packages);
    } catch (ChaincodeException e) {
      slot.failure = e;
    }
  }
}
