package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;

/**
 * An organization of the Orderer group.
 *
 * @param name the key of its group, which is not the MSP id
 * @param endpoints "host:port", in configured order; may be empty
 */
public record OrdererOrg(String name, Msp msp, List<String> endpoints) {
  public OrdererOrg {
    endpoints = List.copyOf(endpoints);
  }

  public String mspId() {
    return msp.id();
  }

  /** PEM certificates that this organization's orderers are trusted by: roots, intermediates. */
  public List<ByteString> tlsRoots() {
    List<ByteString> roots = new ArrayList<>(msp.tlsRootCerts());
    roots.addAll(msp.tlsIntermediateCerts());
    return List.copyOf(roots);
  }
}
