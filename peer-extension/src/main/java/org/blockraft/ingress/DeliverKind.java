package org.blockraft.ingress;

/**
 * The three forms in which blocks are delivered: the resource that guards each, and its label in
 * metrics.
 */
enum DeliverKind {
  BLOCK("event/Block", "block"),
  FILTERED("event/FilteredBlock", "filtered_block"),
  PRIVATE("event/Block", "block_and_pvtdata");

  private final String resource;
  private final String dataType;

  DeliverKind(String resource, String dataType) {
    this.resource = resource;
    this.dataType = dataType;
  }

  String resource() {
    return resource;
  }

  String dataType() {
    return dataType;
  }
}
