package org.blockraft.ingress;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.Random;
import org.blockraft.identity.Malformed;
import org.blockraft.identity.SignedData;
import org.hyperledger.fabric.protos.discovery.ChaincodeQuery;
import org.hyperledger.fabric.protos.discovery.ChaincodeQueryResult;
import org.hyperledger.fabric.protos.discovery.DiscoveryGrpc;
import org.hyperledger.fabric.protos.discovery.Peer;
import org.hyperledger.fabric.protos.discovery.PeerMembershipResult;
import org.hyperledger.fabric.protos.discovery.Peers;
import org.hyperledger.fabric.protos.discovery.Query;
import org.hyperledger.fabric.protos.discovery.QueryResult;
import org.hyperledger.fabric.protos.discovery.Request;
import org.hyperledger.fabric.protos.discovery.Response;
import org.hyperledger.fabric.protos.discovery.SignedRequest;
import org.hyperledger.fabric.protos.peer.ChaincodeCall;
import org.hyperledger.fabric.protos.peer.ChaincodeInterest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells clients about a channel's configuration, its peers, and whom to ask for endorsements.
 *
 * <p>Fabric source: discovery/service.go, authcache.go.
 */
public final class DiscoveryService extends DiscoveryGrpc.DiscoveryImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(DiscoveryService.class);

  private final DiscoverySettings settings;
  private final ServedChannels channels;
  private final Members members;
  private final DiscoveryAccess access;
  private final EndorserSelection selection;
  private final Cache<AccessKey, Optional<String>> decisions;

  /** A client's request, on a channel as it is configured at this sequence. */
  private record AccessKey(String channelId, long sequence, SignedData request) {}

  public DiscoveryService(
      DiscoverySettings settings,
      ServedChannels channels,
      Members members,
      ChaincodeDirectory chaincodes,
      DiscoveryAccess access,
      Random random) {
    this.settings = settings;
    this.channels = channels;
    this.members = members;
    this.access = access;
    this.selection = new EndorserSelection(members, channels, chaincodes, random);
    this.decisions = CacheBuilder.newBuilder().maximumSize(settings.authCacheMax()).build();
  }

  @Override
  public void discover(SignedRequest signed, StreamObserver<Response> responses) {
    CallPeer peer = CallPeer.current();
    UnaryCalls.answer(responses, () -> discover(signed, peer));
  }

  private Response discover(SignedRequest signed, CallPeer peer) {
    Request request = validated(signed);
    SignedData data =
        new SignedData(
            signed.getPayload(),
            request.getAuthentication().getClientIdentity(),
            signed.getSignature());
    Response.Builder response = Response.newBuilder();
    request.getQueriesList().forEach(query -> response.addResults(result(query, data, peer)));
    return response.build();
  }

  private Request validated(SignedRequest signed) {
    Request request;
    try {
      request = Request.parseFrom(signed.getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new ServiceException("failed parsing request: " + Malformed.text(e));
    }
    if (!request.hasAuthentication()) {
      throw new ServiceException("access denied, no authentication info in request");
    }
    if (request.getAuthentication().getClientIdentity().isEmpty()) {
      throw new ServiceException("access denied, client identity wasn't supplied");
    }
    // The claimed hash of the client's TLS certificate is not looked at: stock peers mean to
    // compare it, but never do, and stock's own command line client sends the hash of something
    // else.
    return request;
  }

  private QueryResult result(Query query, SignedData request, CallPeer peer) {
    try {
      checkAccess(query.getChannel(), request);
    } catch (RuntimeException e) {
      LOG.warn(
          "got query for channel {} from {} but it isn't eligible: {}",
          query.getChannel(),
          peer.address(),
          e.getMessage());
      return error("access denied");
    }
    try {
      return query.getChannel().isEmpty() ? local(query) : ofChannel(query);
    } catch (ServiceException e) {
      return error(e.getMessage());
    }
  }

  private void checkAccess(String channelId, SignedData request) {
    long sequence = 0;
    if (!channelId.isEmpty()) {
      sequence =
          channels
              .channel(channelId)
              .orElseThrow(() -> new ServiceException("it doesn't exist"))
              .configSequence();
    }
    if (!settings.authCacheEnabled()) {
      access.check(channelId, request);
      return;
    }
    AccessKey key = new AccessKey(channelId, sequence, request);
    Optional<String> refusal = decisions.getIfPresent(key);
    if (refusal == null) {
      refusal = decide(channelId, request);
      decisions.put(key, refusal);
    }
    if (refusal.isPresent()) {
      throw new ServiceException(refusal.get());
    }
  }

  private Optional<String> decide(String channelId, SignedData request) {
    try {
      access.check(channelId, request);
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private QueryResult local(Query query) {
    if (!query.hasLocalPeers()) {
      return error("unknown or missing request type");
    }
    PeerMembershipResult.Builder result = PeerMembershipResult.newBuilder();
    for (Member member : members.alive()) {
      Peer peer =
          Peer.newBuilder()
              .setIdentity(member.identity())
              .setMembershipInfo(member.alive())
              .build();
      add(result, member.mspId(), peer);
    }
    return QueryResult.newBuilder().setMembers(result).build();
  }

  private QueryResult ofChannel(Query query) {
    return switch (query.getQueryCase()) {
      case CC_QUERY -> endorsers(query.getChannel(), query.getCcQuery());
      case CONFIG_QUERY -> config(query.getChannel());
      case PEER_QUERY -> peers(query.getChannel(), query.getPeerQuery().getFilter());
      default -> error("unknown or missing request type");
    };
  }

  private QueryResult peers(String channelId, ChaincodeInterest filter) {
    PeerMembershipResult.Builder result = PeerMembershipResult.newBuilder();
    // Organizations whose peers are alive but filtered out are shown empty.
    members.alive().forEach(m -> result.putPeersByOrg(m.mspId(), Peers.getDefaultInstance()));
    for (Member member : selection.peersAuthorized(channelId, filter)) {
      add(result, member.mspId(), EndorserLayouts.peer(member));
    }
    return QueryResult.newBuilder().setMembers(result).build();
  }

  private static void add(PeerMembershipResult.Builder result, String mspId, Peer peer) {
    Peers peers = result.getPeersByOrgOrDefault(mspId, Peers.getDefaultInstance());
    result.putPeersByOrg(mspId, peers.toBuilder().addPeers(peer).build());
  }

  private QueryResult config(String channelId) {
    try {
      return QueryResult.newBuilder()
          .setConfigResult(
              ChannelDescriptions.of(channels.channel(channelId).orElseThrow().config()))
          .build();
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      LOG.error("Failed fetching config for channel {}", channelId, e);
      return error("failed fetching config for channel " + channelId);
    }
  }

  private QueryResult endorsers(String channelId, ChaincodeQuery query) {
    checkQuery(query);
    ChaincodeQueryResult.Builder result = ChaincodeQueryResult.newBuilder();
    for (ChaincodeInterest interest : query.getInterestsList()) {
      try {
        result.addContent(selection.peersForEndorsement(channelId, interest).descriptor());
      } catch (ServiceException e) {
        String text = InterestText.of(interest);
        LOG.error("Failed constructing descriptor for chaincode {}: {}", text, e.getMessage());
        throw new ServiceException("failed constructing descriptor for " + text);
      }
    }
    return QueryResult.newBuilder().setCcQueryRes(result).build();
  }

  private static void checkQuery(ChaincodeQuery query) {
    if (query.getInterestsCount() == 0) {
      throw new ServiceException("chaincode query must have at least one chaincode interest");
    }
    for (ChaincodeInterest interest : query.getInterestsList()) {
      if (interest.getChaincodesCount() == 0) {
        throw new ServiceException("chaincode interest must contain at least one chaincode");
      }
      for (ChaincodeCall call : interest.getChaincodesList()) {
        if (call.getName().isEmpty()) {
          throw new ServiceException("chaincode name in interest cannot be empty");
        }
      }
    }
  }

  private static QueryResult error(String text) {
    return QueryResult.newBuilder()
        .setError(org.hyperledger.fabric.protos.discovery.Error.newBuilder().setContent(text))
        .build();
  }
}
