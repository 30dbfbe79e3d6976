package org.blockraft.peer;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.Signer;
import org.blockraft.identity.TlsRoots;
import org.blockraft.intake.OrdererConnections;
import org.blockraft.intake.OrdererSettings;
import org.blockraft.lifecycle.DefinitionCache;
import org.blockraft.lifecycle.ImplicitDissemination;
import org.blockraft.validate.SliceHelper;
import org.blockraft.validate.SlicePool;

/**
 * What all channels of this node share.
 *
 * @param sliceHelpers the other nodes that verify slices now
 * @param tlsRoots the authorities that channels contribute to
 * @param definitionsChanged told when a block changes a channel's chaincode definitions
 * @param configured told of each channel's configuration when it comes into force
 * @param blocksAhead blocks of one channel taken from the orderer and not yet verified, at most
 */
record ChannelServicesShared(
    Signer signer,
    OrdererSettings ordererSettings,
    OrdererConnections orderers,
    SlicePool slices,
    Supplier<List<SliceHelper>> sliceHelpers,
    DefinitionCache definitionCache,
    ImplicitDissemination dissemination,
    List<TlsRoots> tlsRoots,
    Consumer<ChannelConfig> configured,
    Runnable definitionsChanged,
    int blocksAhead,
    MeterRegistry meters,
    InstantSource clock) {}
