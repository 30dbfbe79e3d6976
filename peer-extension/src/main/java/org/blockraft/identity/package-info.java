/**
 * Who signed what, and is it enough: certificates, membership service providers (MSPs), signature
 * checks, policies, the signer of this peer, and the channel configuration that binds them.
 *
 * <p>Everything here is a pure function of a channel's configuration and the bytes presented to it;
 * wall-clock time decides nothing.
 */
package org.blockraft.identity;
