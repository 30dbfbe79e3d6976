/**
 * Multi-version concurrency control: a pure function of a validated block and the state before it.
 */
package org.blockraft.mvcc;
