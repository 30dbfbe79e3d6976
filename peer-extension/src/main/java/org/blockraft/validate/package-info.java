/**
 * Transaction validation: slices of a block verified as a pure function of the block and the
 * channel configuration, then the policy decision in block order.
 */
package org.blockraft.validate;
