/** The part of a node that simulates proposals and verifies slices of blocks. */
package org.blockraft.worker;
