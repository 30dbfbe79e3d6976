/**
 * Blocks, state, history and private data of each channel, and the commit that changes them.
 *
 * <p>The block files are the truth. State, history and index follow them in one batch for each
 * block and can be made again from them; private data cannot, and is therefore durable before its
 * block is. Readers see a block when its state is written and the block is on the disk.
 */
package org.blockraft.ledger;
