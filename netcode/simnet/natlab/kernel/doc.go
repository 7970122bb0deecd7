// Package kernel is a small internet of the Linux kernel's own: network
// namespaces, virtual cables, and routers with nft's NAT. It keeps package
// natlab honest: what holds there has to hold here, where the NAT is the one
// that most home routers run. [Town] is the whole of it.
//
// It needs root, and the programs ip, nft, unshare and nsenter; [Check] says
// what is missing. It builds everywhere and has something in it on Linux only.
// Nothing of it reaches the machine's own network, and nothing stays behind:
// namespaces last as long as the process that made them.
package kernel
