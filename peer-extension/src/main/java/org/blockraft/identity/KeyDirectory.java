package org.blockraft.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * A directory of private keys in PEM form. A key is found by its identifier: the file of that name,
 * or whatever file holds the key.
 *
 * <p>Fabric: bccsp/sw/fileks.go.
 */
final class KeyDirectory {
  /** No key file is larger; larger files are not looked into. */
  private static final long KEY_FILE_BYTES_MAX = 1 << 16;

  private static final String ED25519 = "1.3.101.112";

  private final Path directory;

  KeyDirectory(Path directory) {
    this.directory = directory;
  }

  /** The private key of a public key, or null if there is none here. */
  PrivateKey find(VerificationKey publicKey) {
    byte[] ski = publicKey.subjectKeyIdentifier();
    String alias = HexFormat.of().formatHex(ski);
    List<Path> files = MspDirectory.files(directory);
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (name.startsWith(alias) && name.endsWith("sk")) {
        return read(directory.resolve(alias + "_sk"), null);
      }
    }
    for (Path file : files) {
      PrivateKey key = read(file, ski);
      if (key != null) {
        return key;
      }
    }
    return null;
  }

  /** The key in a file; null if there is none, or not the one with the identifier asked for. */
  private static PrivateKey read(Path file, byte[] ski) {
    try {
      if (Files.size(file) > KEY_FILE_BYTES_MAX) {
        return null;
      }
      Pem pem = Pem.decode(Files.readAllBytes(file));
      return pem == null ? null : parse(pem.bytes(), ski);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return null;
    }
  }

  private static PrivateKey parse(byte[] der, byte[] ski)
      throws IOException, GeneralSecurityException {
    ASN1Primitive structure = ASN1Primitive.fromByteArray(der);
    PrivateKeyInfo info;
    try {
      info = PrivateKeyInfo.getInstance(structure);
    } catch (IllegalArgumentException e) {
      ECPrivateKey bare = ECPrivateKey.getInstance(structure);
      info =
          new PrivateKeyInfo(
              new AlgorithmIdentifier(
                  X9ObjectIdentifiers.id_ecPublicKey, bare.getParametersObject()),
              bare);
    }
    if (info.getPrivateKeyAlgorithm().getAlgorithm().getId().equals(ED25519)) {
      byte[] seed = ASN1OctetString.getInstance(info.parsePrivateKey()).getOctets();
      byte[] point = new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded();
      return isOther(point, ski)
          ? null
          : KeyFactory.getInstance("Ed25519")
              .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    }
    ASN1ObjectIdentifier curve =
        ASN1ObjectIdentifier.getInstance(info.getPrivateKeyAlgorithm().getParameters());
    X9ECParameters parameters = ECNamedCurveTable.getByOID(curve);
    BigInteger secret = ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
    byte[] point = parameters.getG().multiply(secret).normalize().getEncoded(false);
    if (isOther(point, ski)) {
      return null;
    }
    ECPrivateKey complete =
        new ECPrivateKey(parameters.getN().bitLength(), secret, curve.toASN1Primitive());
    return Signatures.standard()
        .providers()
        .privateKey(new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), complete).getEncoded());
  }

  private static boolean isOther(byte[] point, byte[] ski) {
    return ski != null && !Arrays.equals(HashFamily.SHA2.digest(point), ski);
  }
}
