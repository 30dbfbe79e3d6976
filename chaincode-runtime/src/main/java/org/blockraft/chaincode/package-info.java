/**
 * Chaincode from package to answer: {@code PackageStore} keeps packages, {@code BuilderRegistry}
 * builds them, {@code ChaincodeLauncher} dials or runs what was built, {@code ChaincodeStream}
 * talks to it, and {@code ShimRequests} answers what it asks. {@code ChaincodeRuntime} is the door.
 *
 * <p>What this package needs to know of channels comes through {@code ChannelServices}.
 */
package org.blockraft.chaincode;
