package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The one action of an endorser transaction. Present only if its structure is sound as far as the
 * proposal response payload; whether hashes and signatures match is decided elsewhere. Safe for use
 * by many threads.
 *
 * <p>Fabric: core/common/validation/msgvalidation.go validateEndorserTransaction,
 * protoutil/txutils.go GetPayloads.
 */
public final class EndorserTransaction {

  private final ByteString actionHeader;
  private final ByteString proposalPayload;
  private final ByteString proposalResponsePayload;
  private final ByteString proposalHash;
  private final List<Endorsement> endorsements;
  private final Optional<ChaincodeAction> chaincodeAction;

  /** One endorser's signature over the proposal response payload and its own identity. */
  public record Endorsement(ByteString endorser, ByteString signature) {}

  private EndorserTransaction(Parts parts, ResponsePayload response) {
    this.actionHeader = parts.actionHeader;
    this.proposalPayload = parts.proposalPayload;
    this.proposalResponsePayload = parts.proposalResponsePayload;
    this.endorsements = List.copyOf(parts.endorsements);
    this.proposalHash = response.proposalHash;
    this.chaincodeAction =
        response.extensionTo == response.extensionFrom
            ? Optional.empty()
            : ChaincodeAction.parse(parts.bytes, response.extensionFrom, response.extensionTo);
  }

  /** The serialized signature header of the action. */
  public ByteString actionHeader() {
    return actionHeader;
  }

  /** The proposal's payload without its transient part. */
  public ByteString proposalPayload() {
    return proposalPayload;
  }

  /** What the endorsers signed, followed by their identity each. */
  public ByteString proposalResponsePayload() {
    return proposalResponsePayload;
  }

  public ByteString proposalHash() {
    return proposalHash;
  }

  public List<Endorsement> endorsements() {
    return endorsements;
  }

  /** What the chaincode did; absent if missing or malformed. */
  public Optional<ChaincodeAction> chaincodeAction() {
    return chaincodeAction;
  }

  /** Absent unless there is exactly one well-formed action. */
  static Optional<EndorserTransaction> parse(byte[] bytes, int from, int to) {
    try {
      Parts parts = new Parts(bytes);
      if (parts.transaction(new WireReader(bytes, from, to)) != 1) {
        return Optional.empty();
      }
      Optional<SignatureHeader> header =
          SignatureHeader.parse(bytes, parts.headerFrom, parts.headerTo);
      if (header.isEmpty() || !header.get().isComplete()) {
        return Optional.empty();
      }
      parts.actionPayload(new WireReader(bytes, parts.payloadFrom, parts.payloadTo));
      if (!parts.hasAction) {
        return Optional.empty();
      }
      ResponsePayload response =
          new ResponsePayload(new WireReader(bytes, parts.responseFrom, parts.responseTo));
      return Optional.of(new EndorserTransaction(parts, response));
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
  }

  private static final class Parts {
    private final byte[] bytes;
    private ByteString actionHeader = ByteString.EMPTY;
    private int headerFrom;
    private int headerTo;
    private int payloadFrom;
    private int payloadTo;
    private boolean hasAction;
    private ByteString proposalPayload = ByteString.EMPTY;
    private ByteString proposalResponsePayload = ByteString.EMPTY;
    private int responseFrom;
    private int responseTo;
    private final List<Endorsement> endorsements = new ArrayList<>(4);

    Parts(byte[] bytes) {
      this.bytes = bytes;
    }

    /** {@code peer.Transaction}; returns the number of actions. */
    int transaction(WireReader reader) {
      int actions = 0;
      while (reader.next()) {
        if (reader.field(WireReader.BYTES) == 1) {
          actions++;
          transactionAction(reader.message());
        } else {
          reader.skip();
        }
      }
      return actions;
    }

    private void transactionAction(WireReader reader) {
      while (reader.next()) {
        switch (reader.field(WireReader.BYTES)) {
          case 1 -> {
            actionHeader = reader.shared();
            headerFrom = reader.from();
            headerTo = reader.to();
          }
          case 2 -> {
            reader.extent();
            payloadFrom = reader.from();
            payloadTo = reader.to();
          }
          default -> reader.skip();
        }
      }
    }

    /** {@code peer.ChaincodeActionPayload}. */
    void actionPayload(WireReader reader) {
      while (reader.next()) {
        switch (reader.field(WireReader.BYTES)) {
          case 1 -> proposalPayload = reader.shared();
          case 2 -> {
            hasAction = true;
            endorsedAction(reader.message());
          }
          default -> reader.skip();
        }
      }
    }

    private void endorsedAction(WireReader reader) {
      while (reader.next()) {
        switch (reader.field(WireReader.BYTES)) {
          case 1 -> {
            proposalResponsePayload = reader.shared();
            responseFrom = reader.from();
            responseTo = reader.to();
          }
          case 2 -> endorsements.add(endorsement(reader.message()));
          default -> reader.skip();
        }
      }
    }

    private static Endorsement endorsement(WireReader reader) {
      ByteString endorser = ByteString.EMPTY;
      ByteString signature = ByteString.EMPTY;
      while (reader.next()) {
        switch (reader.field(WireReader.BYTES)) {
          case 1 -> endorser = reader.shared();
          case 2 -> signature = reader.shared();
          default -> reader.skip();
        }
      }
      return new Endorsement(endorser, signature);
    }
  }

  private static final class ResponsePayload {
    private ByteString proposalHash = ByteString.EMPTY;
    private int extensionFrom;
    private int extensionTo;

    ResponsePayload(WireReader reader) {
      while (reader.next()) {
        switch (reader.field(WireReader.BYTES)) {
          case 1 -> proposalHash = reader.shared();
          case 2 -> {
            reader.extent();
            extensionFrom = reader.from();
            extensionTo = reader.to();
          }
          default -> reader.skip();
        }
      }
    }
  }
}
