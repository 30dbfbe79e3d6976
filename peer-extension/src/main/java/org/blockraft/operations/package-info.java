/** Health, version, log levels and metrics over HTTP, as Fabric's operations server shows them. */
package org.blockraft.operations;
