/**
 * Blocks from the ordering service: connecting, asking, verifying, and handing on in order; and
 * envelopes the other way.
 */
package org.blockraft.intake;
