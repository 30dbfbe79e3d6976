package org.blockraft.identity;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the two time formats of certificates; an offset may stand where the standard wants Z. */
final class CertificateTime {
  private static final Pattern UTC =
      Pattern.compile("(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)?(Z|[+-]\\d\\d\\d\\d)");
  private static final Pattern GENERALIZED =
      Pattern.compile("(\\d{4})(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(Z|[+-]\\d\\d\\d\\d)");

  /** Two-digit years from here on belong to the last century. */
  private static final int PIVOT_YEAR = 50;

  private static final int OFFSET_HOURS_MAX = 24;

  private CertificateTime() {}

  static Instant read(DerReader der) {
    if (der.peek(DerReader.UTC_TIME)) {
      String refusal = "x509: malformed UTCTime";
      Matcher fields = match(UTC, der.read(DerReader.UTC_TIME, refusal), refusal);
      int year = Integer.parseInt(fields.group(1));
      return instant(fields, year >= PIVOT_YEAR ? 1900 + year : 2000 + year, refusal);
    }
    if (der.peek(DerReader.GENERALIZED_TIME)) {
      String refusal = "x509: malformed GeneralizedTime";
      Matcher fields = match(GENERALIZED, der.read(DerReader.GENERALIZED_TIME, refusal), refusal);
      return instant(fields, Integer.parseInt(fields.group(1)), refusal);
    }
    throw new IdentityException("x509: unsupported time format");
  }

  private static Matcher match(Pattern pattern, DerReader contents, String refusal) {
    Matcher matcher = pattern.matcher(new String(contents.rest(), StandardCharsets.ISO_8859_1));
    if (!matcher.matches()) {
      throw new IdentityException(refusal);
    }
    return matcher;
  }

  private static Instant instant(Matcher fields, int year, String refusal) {
    String seconds = fields.group(6);
    try {
      Instant local =
          LocalDateTime.of(
                  year,
                  Integer.parseInt(fields.group(2)),
                  Integer.parseInt(fields.group(3)),
                  Integer.parseInt(fields.group(4)),
                  Integer.parseInt(fields.group(5)),
                  seconds == null ? 0 : Integer.parseInt(seconds))
              .toInstant(ZoneOffset.UTC);
      return local.minusSeconds(offsetSeconds(fields.group(7), refusal));
    } catch (DateTimeException e) {
      throw new IdentityException(refusal);
    }
  }

  private static int offsetSeconds(String zone, String refusal) {
    if (zone.equals("Z")) {
      return 0;
    }
    int hours = Integer.parseInt(zone.substring(1, 3));
    int minutes = Integer.parseInt(zone.substring(3));
    if (hours > OFFSET_HOURS_MAX || minutes >= 60 || hours + minutes == 0) {
      throw new IdentityException(refusal);
    }
    int seconds = (hours * 60 + minutes) * 60;
    return zone.charAt(0) == '-' ? -seconds : seconds;
  }
}
