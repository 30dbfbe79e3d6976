package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.blockraft.cluster.wire.Announced;
import org.blockraft.cluster.wire.BlockFrame;
import org.blockraft.cluster.wire.Control;
import org.blockraft.cluster.wire.Credit;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Progress;
import org.blockraft.cluster.wire.Subscribe;
import org.blockraft.coordination.EventLoop;
import org.blockraft.coordination.Term;
import org.blockraft.ledger.DurableTip;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel on one node of the cluster: whether it follows another node's blocks or leads the
 * block flow, and how far clients may see. Decides everything and does nothing slow: the channel
 * and the links do. Owned by the loop.
 *
 * <p>Invariants: at most the leader of the newest term pulls blocks from the orderers; it does so
 * only once it has every block that a linked live node had when that node learned of the term. A
 * block is announced only when a majority of the live, caught-up nodes has it on the disk.
 */
public final class ChannelReplica {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelReplica.class);

  /** A node so close behind takes part in agreements. */
  static final long LAG_BLOCKS = 16;

  /** How long a new leader waits for the others to report; a dead one never will. */
  static final Duration REPORT_WAIT = Duration.ofMillis(500);

  private enum Mode {
    IDLE,
    FOLLOWING,
    SUCCEEDING,
    LEADING
  }

  private final String self;
  private final ReplicatedChannel channel;
  private final FrameSender sender;
  private final EventLoop loop;
  private final LiveBlocks live = new LiveBlocks();
  private final CommitHashes hashes = new CommitHashes();
  private final Map<String, PeerHeight> peers = new TreeMap<>();
  private final Map<String, Feed> feeds = new TreeMap<>();
  private final Set<String> unreported = new HashSet<>();
  private Set<String> members = Set.of();
  private volatile Mode mode = Mode.IDLE;
  private long term;
  private String leader = "";
  private Following following;
  private long appended;
  private long streams;
  private long target;
  private EventLoop.Timer reportTimer;
  private boolean stopped;

  /**
   * @param self this node's name
   * @param sender adds this node's term to each frame
   */
  public ChannelReplica(
      String self, ReplicatedChannel channel, FrameSender sender, EventLoop loop) {
    this.self = self;
    this.channel = channel;
    this.sender = sender;
    this.loop = loop;
    hashes.add(channel.durable());
  }

  public String channelId() {
    return channel.channelId();
  }

  /** Whether this node takes the channel's blocks from the orderers. */
  public boolean isLeading() {
    return mode == Mode.LEADING;
  }

  /** What this node does for the channel, for people; from any thread. */
  public String role() {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Another node leads, in the given term. Without a link to it blocks and announcements come from
   * nodes that have one.
   */
  public void follow(Term newTerm, String newLeader) {
    boolean known = mode == Mode.FOLLOWING && newLeader.equals(leader);
    if (stopped || (known && newTerm.revision() == term)) {
      return;
    }
    stepDown(newTerm.revision());
    leader = newLeader;
    mode = Mode.FOLLOWING;
    if (isLinked(leader)) {
      subscribe(leader);
    }
  }

  /**
   * Nobody leads that this node knows of, and the newest term is this: what other nodes that know
   * of the term have is still taken.
   */
  public void idle(long newest) {
    term = Math.max(term, newest);
    if (mode != Mode.IDLE && !stopped) {
      stepDown(term);
      leader = "";
      mode = Mode.IDLE;
    }
  }

  /** This node leads, in the given term; first it catches up with all who live. */
  public void lead(Term newTerm) {
    if (stopped || (newTerm.revision() == term && isLeadingOrAboutTo())) {
      return;
    }
    stepDown(newTerm.revision());
    mode = Mode.SUCCEEDING;
    leader = "";
    unreported.clear();
    peers.forEach(
        (node, peer) -> {
          if (peer.isLinked() && members.contains(node)) {
            unreported.add(node);
          }
        });
    reportTimer = loop.schedule(REPORT_WAIT, this::reportsDone);
    if (unreported.isEmpty()) {
      reportsDone();
    }
  }

  private boolean isLeadingOrAboutTo() {
    return mode == Mode.SUCCEEDING || mode == Mode.LEADING;
  }

  private void stepDown(long newTerm) {
    if (mode == Mode.LEADING) {
      LOG.info("[{}] This node leads no more", channelId());
      channel.follow();
    }
    term = Math.max(term, newTerm);
    unfollow();
    live.clear();
    // The others go on: a follower may have heard of this node's leadership before itself.
    feeds.values().stream().filter(Feed::isUndecided).forEach(Feed::close);
    feeds.values().removeIf(Feed::isClosed);
    if (reportTimer != null) {
      reportTimer.cancel();
      reportTimer = null;
    }
  }

  private void reportsDone() {
    if (mode != Mode.SUCCEEDING || reportTimer == null) {
      return;
    }
    reportTimer.cancel();
    reportTimer = null;
    unreported.clear();
    catchUp();
  }

  /** Takes blocks from the highest node, or begins to lead when there is no higher one. */
  private void catchUp() {
    Optional<String> best = highest();
    if (best.isPresent()) {
      target = peers.get(best.get()).durable();
      if (following == null || !following.source().equals(best.get())) {
        LOG.info("[{}] Catching up with {} to height {}", channelId(), best.get(), target);
        subscribe(best.get());
      }
      return;
    }
    if (mode == Mode.SUCCEEDING && channel.durable().height() >= appended()) {
      unfollow();
      mode = Mode.LEADING;
      LOG.info(
          "[{}] This node leads in term {} from height {}",
          channelId(),
          term,
          channel.durable().height());
      channel.lead(new Term(term));
      agree();
    }
  }

  /** The linked node with the most blocks, if it has more than this one. */
  private Optional<String> highest() {
    String best = null;
    long height = appended();
    for (Map.Entry<String, PeerHeight> peer : peers.entrySet()) {
      if (peer.getValue().isLinked() && peer.getValue().durable() > height) {
        best = peer.getKey();
        height = peer.getValue().durable();
      }
    }
    return Optional.ofNullable(best);
  }

  /** What is on the disk or on its way there. */
  private long appended() {
    long known = Math.max(appended, channel.durable().height());
    return following == null ? known : Math.max(known, following.next());
  }

  private void unfollow() {
    appended = appended();
    following = null;
  }

  private boolean isLinked(String node) {
    PeerHeight peer = peers.get(node);
    return peer != null && peer.isLinked();
  }

  private void subscribe(String source) {
    unfollow();
    following = new Following(source, ++streams, appended, channel, sender);
    following.start();
  }

  /** The nodes with a live membership, this one among them. */
  public void members(Set<String> names) {
    members = Set.copyOf(names);
    unreported.retainAll(members);
    agree();
  }

  /** A link to another node came up. */
  public void linkUp(String node) {
    peers.computeIfAbsent(node, name -> new PeerHeight()).linkUp();
    if (mode == Mode.FOLLOWING && node.equals(leader)) {
      subscribe(node);
    }
  }

  /** The link to another node is gone. */
  public void linkDown(String node) {
    PeerHeight peer = peers.get(node);
    if (peer != null) {
      peer.linkDown();
    }
    Feed feed = feeds.remove(node);
    if (feed != null) {
      feed.close();
    }
    if (following != null && following.source().equals(node)) {
      unfollow();
      if (mode == Mode.SUCCEEDING && reportTimer == null) {
        catchUp();
      }
    }
    if (mode == Mode.SUCCEEDING && unreported.remove(node) && unreported.isEmpty()) {
      reportsDone();
    }
  }

  /** A node tells how far it is, in the term that it knows of. */
  public void reported(String node, long itsTerm, DurableTip tip) {
    PeerHeight peer = peers.get(node);
    if (peer == null) {
      return;
    }
    peer.durable(tip.height(), channel.durable().height(), LAG_BLOCKS);
    if (mode == Mode.SUCCEEDING) {
      if (itsTerm >= term && unreported.remove(node) && unreported.isEmpty()) {
        reportsDone();
      }
    } else if (mode == Mode.LEADING) {
      agree();
    } else if (following == null && !isLinked(leader) && tip.height() > appended()) {
      subscribe(node); // there is no leader, or others are between it and this node
    }
  }

  /** Looks for subscriptions that bring nothing; called now and then. */
  public void tick() {
    if (following != null) {
      PeerHeight source = peers.get(following.source());
      if (source != null && source.isLinked() && following.isStalled(source.durable())) {
        subscribe(following.source());
      }
    } else if (mode == Mode.FOLLOWING && isLinked(leader)) {
      subscribe(leader);
    } else if (mode == Mode.SUCCEEDING && reportTimer == null) {
      catchUp();
    }
  }

  /** A block frame from another node. */
  public void received(String node, long itsTerm, BlockFrame frame) {
    if (following == null || !node.equals(following.source()) || itsTerm < term || stopped) {
      return;
    }
    if (!following.received(frame)) {
      LOG.warn("[{}] Block {} from {} is out of order", channelId(), frame.getNumber(), node);
      subscribe(node);
    }
  }

  /** Another node wants blocks. */
  public void subscribed(String node, Subscribe wanted) {
    Feed before = feeds.remove(node);
    if (before != null) {
      before.close();
    }
    if (isLinked(node)) {
      feeds.put(node, new Feed(node, wanted.getStream(), wanted.getFrom(), channel, live, sender));
    }
  }

  /** Another node can take more blocks. */
  public void credited(String node, Credit credit) {
    Feed feed = feeds.get(node);
    if (feed != null && feed.stream() == credit.getStream()) {
      feed.credit(credit.getBlocks(), credit.getBytes());
    }
  }

  /** The leader says how far clients may see, or another node what the leader told it. */
  public void announced(String node, long itsTerm, Announced announced) {
    if (itsTerm < term
        || isLeadingOrAboutTo()
        || (isLinked(leader) && !node.equals(leader))
        || stopped) {
      return;
    }
    if (hashes.contradicts(announced.getHeight(), announced.getCommitHash())) {
      stop(
          "after %d blocks the commit hash differs from that of %s"
              .formatted(announced.getHeight(), node));
      return;
    }
    channel.announce(announced.getHeight());
  }

  /** A block came from the orderer; only while this node leads. */
  public void arrived(long number, ByteString body) {
    if (mode == Mode.LEADING) {
      live.arrived(number, body);
      pump();
    }
  }

  /** The flags of a block are decided; only while this node leads. */
  public void decided(long number, ByteString flags) {
    if (mode == Mode.LEADING) {
      live.decided(number, flags);
      pump();
    }
  }

  private void pump() {
    feeds.values().removeIf(Feed::isClosed);
    feeds.values().forEach(Feed::pump);
  }

  /** More blocks of this node are on the disk. */
  public void durable(DurableTip tip) {
    hashes.add(tip);
    if (following != null) {
      following.durable(tip.height());
      var _ =
          sender.send(
              following.source(),
              Frame.newBuilder()
                  .setControl(
                      Control.newBuilder()
                          .setProgress(
                              Progress.newBuilder()
                                  .setChannel(channelId())
                                  .setDurable(tip.height())
                                  .setCommitHash(ByteString.copyFrom(tip.commitHash())))));
    }
    if (mode == Mode.SUCCEEDING && reportTimer == null && tip.height() >= target) {
      catchUp();
    }
    pump();
    long needed = feeds.values().stream().mapToLong(Feed::needed).min().orElse(Long.MAX_VALUE);
    live.trim(tip.height(), needed);
    agree();
  }

  /** Announces what a majority of the live nodes has. */
  private void agree() {
    if (mode != Mode.LEADING) {
      return;
    }
    List<Long> heights = new ArrayList<>();
    heights.add(channel.durable().height());
    for (String member : members) {
      PeerHeight peer = peers.get(member);
      if (peer == null ? !member.equals(self) : peer.counts()) {
        heights.add(peer == null ? 0 : peer.durable());
      }
    }
    long agreed = Agreement.height(heights);
    if (agreed > channel.announced()) {
      channel.announce(agreed);
      announce(agreed);
    }
  }

  private void announce(long height) {
    Announced.Builder announced =
        Announced.newBuilder()
            .setChannel(channelId())
            .setHeight(height)
            .setCommitHash(hashes.at(height));
    for (Map.Entry<String, PeerHeight> peer : peers.entrySet()) {
      if (peer.getValue().isLinked()) {
        var _ =
            sender.send(
                peer.getKey(),
                Frame.newBuilder().setControl(Control.newBuilder().setAnnounced(announced)));
      }
    }
  }

  private void stop(String evidence) {
    stepDown(term);
    mode = Mode.IDLE;
    stopped = true;
    channel.diverged(evidence);
  }
}
