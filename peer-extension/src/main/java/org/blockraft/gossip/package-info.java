/**
 * Membership among peers: who is alive, with which identity, and what each has of a channel. Blocks
 * and private data do not travel this way yet.
 */
package org.blockraft.gossip;
