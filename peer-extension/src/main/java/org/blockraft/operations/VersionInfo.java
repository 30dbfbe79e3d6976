package org.blockraft.operations;

/**
 * What /version and the gauge fabric_version show.
 *
 * @param version the Fabric version that this peer is compatible with, for example 2.5.16
 * @param commitSha the commit this build was made from; empty leaves the field out
 */
public record VersionInfo(String version, String commitSha) {
  String json() {
    StringBuilder json = new StringBuilder("{");
    if (!commitSha.isEmpty()) {
      json.append("\"CommitSHA\":").append(GoJson.quote(commitSha));
    }
    if (!version.isEmpty()) {
      json.append(json.length() > 1 ? "," : "")
          .append("\"Version\":")
          .append(GoJson.quote(version));
    }
    return json.append('}').toString();
  }
}
