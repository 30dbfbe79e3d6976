package org.blockraft.validate;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.blockraft.identity.DigestInput;

/**
 * One transaction of a block, parsed once for validation, MVCC and the ledger. Headers are parsed
 * at once, the rest when first asked for. What does not parse is absent: asking is always safe. The
 * received bytes are kept and shared, never serialized again. Safe for use by many threads.
 *
 * <p>Fabric: protoutil/unmarshalers.go, protoutil/proputils.go GetActionFromEnvelope.
 */
public final class ParsedTransaction {

  /** {@code common.HeaderType}. */
  public static final int CONFIG = 1;

  public static final int CONFIG_UPDATE = 2;
  public static final int ENDORSER_TRANSACTION = 3;

  private final ByteString envelope;
  private final byte[] bytes;
  private boolean envelopeParsed;
  private boolean payloadParsed;
  private TransactionHeader header = TransactionHeader.NONE;
  private int payloadFrom;
  private int payloadTo;
  private int dataFrom;
  private int dataTo;
  private ByteString signature = ByteString.EMPTY;
  private volatile Optional<EndorserTransaction> endorserTransaction;

  private ParsedTransaction(ByteString envelope) {
    this.envelope = envelope;
    this.bytes = envelope.toByteArray();
  }

  /** Parses the headers of a serialized envelope; never fails. */
  public static ParsedTransaction of(ByteString envelope) {
    ParsedTransaction transaction = new ParsedTransaction(envelope);
    transaction.parseEnvelope();
    if (transaction.envelopeParsed) {
      transaction.parsePayload();
    }
    return transaction;
  }

  /** The serialized envelope as received. */
  public ByteString envelope() {
    return envelope;
  }

  /** {@code common.HeaderType}; 0 if there is no channel header. */
  public int type() {
    return header.type();
  }

  /** The transaction id in the channel header; empty if there is none. */
  public String txId() {
    return header.txId();
  }

  /**
   * The id under which the ledger indexes the transaction: that in the header or, if that is empty,
   * the one computed from nonce and creator; absent if the headers do not parse.
   */
  public Optional<String> indexTxId() {
    if (!header.channelHeaderParsed()) {
      return Optional.empty();
    }
    if (!header.txId().isEmpty()) {
      return Optional.of(header.txId());
    }
    return header.signatureHeaderParsed() ? Optional.of(computedTxId()) : Optional.empty();
  }

  public String channelId() {
    return header.channelId();
  }

  /** The timestamp that the client put into the channel header. */
  public Optional<Instant> timestamp() {
    return header.timestamp();
  }

  /** The serialized identity of the submitter; empty if there is none. */
  public ByteString creator() {
    return header.creator();
  }

  /** The signed part of the envelope. */
  public ByteString payload() {
    return UnsafeByteOperations.unsafeWrap(bytes, payloadFrom, payloadTo - payloadFrom);
  }

  /** The creator's signature over {@link #payload}. */
  public ByteString signature() {
    return signature;
  }

  /** The payload's content: a {@code Transaction}, or a {@code ConfigEnvelope}. */
  public ByteString data() {
    return UnsafeByteOperations.unsafeWrap(bytes, dataFrom, dataTo - dataFrom);
  }

  /** The one action of an endorser transaction; absent if it is not one or malformed. */
  public Optional<EndorserTransaction> endorserTransaction() {
    Optional<EndorserTransaction> parsed = endorserTransaction;
    if (parsed == null) {
      parsed =
          payloadParsed && header.type() == ENDORSER_TRANSACTION && dataTo > dataFrom
              ? EndorserTransaction.parse(bytes, dataFrom, dataTo)
              : Optional.empty();
      endorserTransaction = parsed;
    }
    return parsed;
  }

  /** What the chaincode did, as endorsed; absent as {@link #endorserTransaction} is. */
  public Optional<ChaincodeAction> chaincodeAction() {
    return endorserTransaction().flatMap(EndorserTransaction::chaincodeAction);
  }

  /** The read-write set of an endorser transaction; absent if any part before it is malformed. */
  public Optional<ReadWriteSet> readWriteSet() {
    return chaincodeAction().flatMap(ChaincodeAction::readWriteSet);
  }

  TransactionHeader header() {
    return header;
  }

  boolean envelopeParsed() {
    return envelopeParsed;
  }

  boolean payloadParsed() {
    return payloadParsed;
  }

  boolean hasData() {
    return dataTo > dataFrom;
  }

  String computedTxId() {
    MessageDigest digest = Sha256.digest();
    DigestInput.update(digest, header.nonce());
    DigestInput.update(digest, header.creator());
    return HexFormat.of().formatHex(digest.digest());
  }

  private void parseEnvelope() {
    try {
      WireReader reader = new WireReader(bytes);
      while (reader.next()) {
        switch (reader.field(WireReader.BYTES)) {
          case 1 -> {
            reader.extent();
            payloadFrom = reader.from();
            payloadTo = reader.to();
          }
          case 2 -> signature = reader.shared();
          default -> reader.skip();
        }
      }
      envelopeParsed = true;
    } catch (MalformedMessageException e) {
      envelopeParsed = false;
    }
  }

  private void parsePayload() {
    TransactionHeader.Builder headers = null;
    try {
      WireReader reader = new WireReader(bytes, payloadFrom, payloadTo);
      while (reader.next()) {
        switch (reader.field(WireReader.BYTES)) {
          case 1 -> {
            headers = headers == null ? new TransactionHeader.Builder(bytes) : headers;
            headers.merge(reader.message());
          }
          case 2 -> {
            reader.extent();
            dataFrom = reader.from();
            dataTo = reader.to();
          }
          default -> reader.skip();
        }
      }
      payloadParsed = true;
    } catch (MalformedMessageException e) {
      return;
    }
    if (headers != null) {
      header = headers.build();
    }
  }
}
