package org.blockraft.testnet;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node says of itself in its metrics.
 *
 * @param term the newest term it knows of
 * @param links to other nodes
 * @param heights of its channels
 */
public record NodeMetrics(boolean leading, long term, int links, SortedMap<String, Long> heights) {
  private static final Duration TIMEOUT = Duration.ofMillis(1500);
  private static final Pattern LINE = Pattern.compile("^(\\w+)(?:\\{(.*)})? (\\S+)$");
  private static final Pattern CHANNEL = Pattern.compile("channel=\"([^\"]*)\"");
  private static final int OK = 200;

  /** Asks a node; empty if it does not answer in time. */
  public static Optional<NodeMetrics> of(HttpClient client, PeerPlace place) {
    URI uri = URI.create("http://" + place.host() + ":" + place.operationsPort() + "/metrics");
    try {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == OK ? Optional.of(parse(response.body())) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  static NodeMetrics parse(String text) {
    SortedMap<String, Long> heights = new TreeMap<>();
    Map<String, Double> cluster = new TreeMap<>();
    for (String line : text.lines().toList()) {
      Matcher fields = LINE.matcher(line);
      if (!fields.find()) {
        continue;
      }
      String name = fields.group(1);
      if (name.equals("ledger_blockchain_height")) {
        Matcher channel = CHANNEL.matcher(fields.group(2));
        if (channel.find()) {
          heights.put(channel.group(1), (long) Double.parseDouble(fields.group(3)));
        }
      } else if (name.startsWith("cluster_") && fields.group(2) == null) {
        cluster.put(name, Double.parseDouble(fields.group(3)));
      }
    }
    return new NodeMetrics(
        cluster.getOrDefault("cluster_leading", 0.0) > 0,
        cluster.getOrDefault("cluster_term", 0.0).longValue(),
        cluster.getOrDefault("cluster_links", 0.0).intValue(),
        heights);
  }
}
