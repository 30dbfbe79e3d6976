package org.blockraft.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.junit.jupiter.api.Test;

/**
 * Envelopes damaged at random on every level, with the code that a stock v2.5.16 peer gives each
 * before it looks at signatures and policies.
 */
class StockParsingTest {

  @Test
  void damagedEnvelopesGetStocksCodes() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(getClass().getResourceAsStream("stock-parsing.txt.gz")),
                StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line : reader.lines().toList()) {
        String[] words = line.split(" ", -1);
        ByteString envelope = ByteString.copyFrom(Base64.getDecoder().decode(words[1]));
        assertEquals(
            TxValidationCode.forNumber(Integer.parseInt(words[0])),
            code(ParsedTransaction.of(envelope)),
            "line %d: %s".formatted(++number, words[1]));
      }
    }
  }

  private static TxValidationCode code(ParsedTransaction transaction) {
    TxValidationCode code = EnvelopeChecks.beforeCreator(transaction);
    if (code == TxValidationCode.VALID) {
      code = EnvelopeChecks.afterCreator(transaction);
    }
    if (code == TxValidationCode.VALID
        && transaction.type() == ParsedTransaction.ENDORSER_TRANSACTION) {
      code = DispatchChecks.of(transaction).code();
    }
    return code;
  }
}
