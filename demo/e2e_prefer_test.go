//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// preferred is the nice value of programs whose pace a test judges.
const preferred = -10

// startPreferred starts cmd ahead of whatever else this machine does: in real time
// a match keeps the clock's pace only if its programs get the processor. That wants
// root, as on a machine of CI; for others the program runs as any other does.
func startPreferred(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	// Sessions share the processor among each other first, where the kernel groups
	// by them, and a nice value counts only within one.
	cmd.SysProcAttr.Setsid = true
	// On Linux a nice value belongs to a thread, and a new process has that of the
	// thread which made it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if before, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0); err == nil && syscall.Setpriority(syscall.PRIO_PROCESS, 0, preferred) == nil {
		defer func() { _ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, 20-before) }() // the system call returns 20 minus the value
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	// An error says that there are no such groups, or no leave.
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/autogroup", cmd.Process.Pid), fmt.Append(nil, preferred), 0)
	return nil
}
