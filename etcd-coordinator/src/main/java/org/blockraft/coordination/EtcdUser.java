package org.blockraft.coordination;

/** Name and password of an etcd user. */
public record EtcdUser(String name, String password) {

  @Override
  public String toString() {
    return "EtcdUser[name=" + name + "]";
  }
}
