/**
 * The services on the peer's port: Endorser, Deliver, Gateway and Discovery, and the server under
 * them.
 */
package org.blockraft.ingress;
