package org.blockraft.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.blockraft.identity.Identity;
import org.blockraft.identity.IdentityException;
import org.blockraft.ingress.ProofMessages;
import org.blockraft.ingress.SignedRoots;
import org.blockraft.ingress.wire.Entry;
import org.blockraft.ingress.wire.Key;
import org.blockraft.ingress.wire.ProveResponse;
import org.blockraft.ingress.wire.SignedRoot;
import org.blockraft.ingress.wire.Value;

/** A peer's answer with proofs, and what it takes to believe it. Immutable. */
final class ProvedAnswer {
  /** What is longer is shown by its beginning; the file has all of it. */
  private static final int SHOWN_MAX = 200;

  private final ProveResponse answer;

  ProvedAnswer(ProveResponse answer) {
    this.answer = answer;
  }

  /** What {@link #bytes} gave. */
  static ProvedAnswer parse(ByteString bytes) {
    try {
      ProveResponse answer = ProveResponse.parseFrom(bytes);
      if (!answer.hasRoot() || answer.getEntriesCount() == 0) {
        throw new ProofRefused("this is no proof of a state");
      }
      return new ProvedAnswer(answer);
    } catch (InvalidProtocolBufferException e) {
      throw new ProofRefused("this is no proof of a state: " + e.getMessage());
    }
  }

  ByteString bytes() {
    return answer.toByteString();
  }

  /** Refuses an answer to another question. */
  void requireAnswerTo(String channel, List<Key> keys) {
    if (!answer.getRoot().getChannel().equals(channel)
        || !answer.getEntriesList().stream().map(Entry::getKey).toList().equals(keys)) {
      throw new ProofRefused("the peer has answered another question");
    }
  }

  /** Refuses an answer whose proofs do not lead to its root. */
  void requireProofs() {
    for (Entry entry : answer.getEntriesList()) {
      if (!ProofMessages.isProved(entry, answer.getRoot().getRoot())) {
        throw new ProofRefused(name(entry.getKey()) + ": the proof does not lead to the root");
      }
    }
  }

  /** Refuses an answer under another root. */
  void requireRoot(byte[] expected) {
    byte[] root = answer.getRoot().getRoot().toByteArray();
    if (!Arrays.equals(root, expected)) {
      throw new ProofRefused("the root is " + HexFormat.of().formatHex(root) + ", another one");
    }
  }

  /**
   * Refuses an answer that nobody trusted has signed.
   *
   * @param trust the signer of a serialized identity, or {@link IdentityException}
   */
  void requireSignature(Function<ByteString, Identity> trust) {
    SignedRoot root = answer.getRoot();
    try {
      Identity signer = trust.apply(root.getSigner());
      signer.verify(SignedRoots.bytes(root), root.getSignature());
    } catch (IdentityException e) {
      throw new ProofRefused("signature of the root: " + e.getMessage());
    }
  }

  /** The organization that the signer claims. */
  String signerMspId() {
    return SignerTrust.mspId(answer.getRoot().getSigner());
  }

  /** What it says, for people. */
  List<String> lines() {
    SignedRoot root = answer.getRoot();
    List<String> lines = new ArrayList<>();
    lines.add("channel  " + root.getChannel());
    lines.add("height   " + Long.toUnsignedString(root.getHeight()));
    lines.add("block    " + (root.getHeight() - 1) + ", hash " + hex(root.getBlockHash()));
    lines.add("root     " + hex(root.getRoot()));
    lines.add("signer   " + SignerTrust.name(root.getSigner()));
    for (Entry entry : answer.getEntriesList()) {
      lines.add("");
      lines.add("key      " + name(entry.getKey()));
      if (!entry.hasValue()) {
        lines.add("         is not there");
        continue;
      }
      Value value = entry.getValue();
      lines.add(
          "version  block %s, transaction %s"
              .formatted(
                  Long.toUnsignedString(value.getBlock()), Long.toUnsignedString(value.getTx())));
      if (!value.getMetadata().isEmpty()) {
        lines.add("metadata " + hex(value.getMetadata()));
      }
      lines.add("value    " + shown(value.getValue()));
    }
    return lines;
  }

  private static String name(Key key) {
    return key.getNamespace() + " " + shown(key.getKey());
  }

  /** As text if it is printable, else in hexadecimal. */
  private static String shown(ByteString bytes) {
    String text = text(bytes);
    if (text.length() <= SHOWN_MAX) {
      return text;
    }
    return text.substring(0, SHOWN_MAX) + "... (%d bytes)".formatted(bytes.size());
  }

  private static String text(ByteString bytes) {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(bytes.asReadOnlyByteBuffer()).toString();
      if (!text.isEmpty() && text.chars().noneMatch(Character::isISOControl)) {
        return text;
      }
    } catch (CharacterCodingException e) {
      // Not text.
    }
    return "hex:" + hex(bytes);
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
