package org.blockraft.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BenchPartsTest {
  @Test
  void readsStayWithinTheChainAndWritesAreNew() {
    BenchPlan plan =
        new BenchPlan(
            Optional.empty(),
            List.of("get", "key{n}"),
            List.of("put", "key{n}", "{pad}"),
            100,
            1,
            1,
            1,
            List.of("ours"));
    assertEquals(List.of("get", "key5"), plan.read(205));
    assertEquals(List.of("put", "key205", "x".repeat(120)), plan.write(205));
  }

  @Test
  void readsTheProcessorTimeOfAProcess() {
    assumeTrue(Files.exists(Path.of("/proc/self/stat")));
    ProcessCpu start = new ProcessCpu(0, Map.of());
    ProcessCpu used = ProcessCpu.of(ProcessHandle.current().pid()).since(start);
    assertTrue(used.total() > 0, used.toString());
    assertTrue(used.byThread().values().stream().allMatch(time -> time > 0), used.toString());
  }
}
