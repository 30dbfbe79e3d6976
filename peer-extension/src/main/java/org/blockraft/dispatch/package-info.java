/** Chooses the worker for each proposal. */
package org.blockraft.dispatch;
