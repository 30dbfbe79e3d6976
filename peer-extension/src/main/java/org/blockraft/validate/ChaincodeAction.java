package org.blockraft.validate;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.Optional;

/**
 * What an endorsed transaction's chaincode did. Safe for use by many threads.
 *
 * <p>Fabric: peer.ChaincodeAction.
 */
public final class ChaincodeAction {

  private final byte[] bytes;
  private final int resultsFrom;
  private final int resultsTo;
  private final ByteString events;
  private final Optional<ChaincodeName> chaincode;
  private volatile Optional<ReadWriteSet> readWriteSet;

  /** {@code peer.ChaincodeID} without its path. */
  public record ChaincodeName(String name, String version) {}

  private ChaincodeAction(
      byte[] bytes, int resultsFrom, int resultsTo, ByteString events, ChaincodeName chaincode) {
    this.bytes = bytes;
    this.resultsFrom = resultsFrom;
    this.resultsTo = resultsTo;
    this.events = events;
    this.chaincode = Optional.ofNullable(chaincode);
  }

  /** The serialized {@code TxReadWriteSet}. */
  public ByteString results() {
    return UnsafeByteOperations.unsafeWrap(bytes, resultsFrom, resultsTo - resultsFrom);
  }

  /** The serialized {@code ChaincodeEvent}; empty if there is none. */
  public ByteString events() {
    return events;
  }

  /** The invoked chaincode. */
  public Optional<ChaincodeName> chaincode() {
    return chaincode;
  }

  /** The parsed {@link #results}; absent if malformed. */
  public Optional<ReadWriteSet> readWriteSet() {
    Optional<ReadWriteSet> parsed = readWriteSet;
    if (parsed == null) {
      try {
        parsed = Optional.of(ReadWriteSet.parse(bytes, resultsFrom, resultsTo));
      } catch (MalformedMessageException e) {
        parsed = Optional.empty();
      }
      readWriteSet = parsed;
    }
    return parsed;
  }

  /** Absent if malformed. */
  static Optional<ChaincodeAction> parse(byte[] bytes, int from, int to) {
    int resultsFrom = 0;
    int resultsTo = 0;
    ByteString events = ByteString.EMPTY;
    NameParts name = null;
    try {
      WireReader reader = new WireReader(bytes, from, to);
      while (reader.next()) {
        if (reader.isMistypedMessage(4)) {
          name = name == null ? new NameParts() : name;
        }
        switch (reader.field(WireReader.BYTES)) {
          case 1 -> {
            reader.extent();
            resultsFrom = reader.from();
            resultsTo = reader.to();
          }
          case 2 -> events = reader.shared();
          case 3 -> checkResponse(reader.message());
          case 4 -> {
            name = name == null ? new NameParts() : name;
            name.merge(reader.message());
          }
          default -> reader.skip();
        }
      }
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
    return Optional.of(
        new ChaincodeAction(
            bytes, resultsFrom, resultsTo, events, name == null ? null : name.build()));
  }

  /**
   * The chaincode named in a serialized {@code ChaincodeHeaderExtension}; null if none is named.
   *
   * @throws MalformedMessageException if the extension is malformed
   */
  static ChaincodeName ofHeaderExtension(ByteString extension) {
    NameParts name = null;
    WireReader reader = new WireReader(extension.toByteArray());
    while (reader.next()) {
      if (reader.number() == 2) {
        name = name == null ? new NameParts() : name;
      }
      if (reader.field(WireReader.BYTES) == 2) {
        name.merge(reader.message());
      } else {
        reader.skip();
      }
    }
    return name == null ? null : name.build();
  }

  /**
   * The chaincode named in a serialized {@code ChaincodeEvent}.
   *
   * @throws MalformedMessageException if the event is malformed
   */
  static String chaincodeOfEvent(ByteString event) {
    String chaincode = "";
    WireReader reader = new WireReader(event.toByteArray());
    while (reader.next()) {
      switch (reader.field(WireReader.BYTES)) {
        case 1 -> chaincode = reader.string();
        case 2, 3 -> reader.string();
        case 4 -> reader.extent();
        default -> reader.skip();
      }
    }
    return chaincode;
  }

  /** The response decides nothing here, but a malformed one makes the whole action malformed. */
  private static void checkResponse(WireReader reader) {
    while (reader.next()) {
      if (reader.field(WireReader.BYTES) == 2) {
        reader.string();
      } else {
        reader.skip();
      }
    }
  }

  private static final class NameParts {
    private String name = "";
    private String version = "";

    void merge(WireReader reader) {
      while (reader.next()) {
        switch (reader.field(WireReader.BYTES)) {
          case 1 -> reader.string();
          case 2 -> name = reader.string();
          case 3 -> version = reader.string();
          default -> reader.skip();
        }
      }
    }

    ChaincodeName build() {
      return new ChaincodeName(name, version);
    }
  }
}
