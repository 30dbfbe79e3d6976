package org.blockraft.identity;

/**
 * The configuration asks for a capability that this peer does not have. Fabric's peer panics here:
 * the channel must stop and take no further block, since another peer may decide differently.
 */
public final class ConfigIncompatibleException extends ConfigException {

  public ConfigIncompatibleException(String message) {
    super(message);
  }
}
