package org.blockraft.cluster;

import org.blockraft.cluster.wire.Frame;

/** The sending half of a stream, whichever side has opened it. Its outbox sees to one at a time. */
interface Wire {

  /** Whether the transport takes more; when it does again, the link is told. */
  boolean isReady();

  void send(Frame frame);

  /** Lets the other side send more frames; for the thread that receives. */
  void ask(int frames);

  /** Cuts the stream off. */
  void end(String reason);
}
