package org.blockraft.simulation;

import java.util.List;
import java.util.Set;

/**
 * What the endorser needs beyond the read-write set to say who else must endorse.
 *
 * @param namespaces namespaces of the public read-write set, in its order
 * @param writtenKeys every written key once, in order of first write
 * @param privateReads collections whose plaintext was read (hash reads do not count)
 */
public record SimulationFacts(
    List<String> namespaces, List<WrittenKey> writtenKeys, Set<CollectionName> privateReads) {}
