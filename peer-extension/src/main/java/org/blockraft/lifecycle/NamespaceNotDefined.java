package org.blockraft.lifecycle;

/** No chaincode definition is committed under the name; a client sees status 404. */
public final class NamespaceNotDefined extends LifecycleException {
  private static final long serialVersionUID = 1L;

  NamespaceNotDefined(String namespace) {
    super("namespace " + namespace + " is not defined");
  }
}
