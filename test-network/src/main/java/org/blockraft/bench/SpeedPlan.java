package org.blockraft.bench;

import java.time.Duration;
import java.util.List;

/**
 * How peers of one and of several nodes are compared.
 *
 * @param contestants in this order
 * @param processors quota of each peer process
 * @param warmup proposals for each process before anything is measured
 * @param clients proposals in flight in all, whatever the number of nodes
 * @param repetitions of each endorsement measure
 * @param phase length of one
 * @param submitted transactions in the end-to-end measure
 * @param submitters transactions in flight there
 */
record SpeedPlan(
    List<Contestant> contestants,
    double processors,
    int warmup,
    int clients,
    int repetitions,
    Duration phase,
    int submitted,
    int submitters) {}
