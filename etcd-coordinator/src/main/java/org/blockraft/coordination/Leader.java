package org.blockraft.coordination;

/**
 * Who leads, as etcd has it.
 *
 * @param node its name
 * @param incarnation of its process
 * @param term fencing token of this leadership
 * @param lease etcd lease that the leadership ends with; 0 without etcd
 */
public record Leader(String node, String incarnation, Term term, long lease) {}
