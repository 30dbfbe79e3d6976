package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HexFormat;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MalformedTest {
  @ParameterizedTest
  @CsvSource({
    "ff, proto: cannot parse invalid wire-format data",
    "1205616263, proto: cannot parse invalid wire-format data",
    "0b, proto: cannot parse invalid wire-format data",
    "1202fffe, string field contains invalid UTF-8",
    "12056261e86963, string field contains invalid UTF-8",
  })
  void saysWhatStockSays(String hex, String text) {
    ByteString bytes = ByteString.copyFrom(HexFormat.of().parseHex(hex));
    InvalidProtocolBufferException failure =
        assertThrows(
            InvalidProtocolBufferException.class, () -> ChaincodeID.parser().parseFrom(bytes));
    assertEquals(text, Malformed.text(failure));
  }
}
