//go:build unix && !(linux && (amd64 || arm64))

package webhook

import "syscall"

func readSocket(socket uintptr, data []byte) (int, error) {
	return syscall.Read(int(socket), data)
}

func writeSocket(socket uintptr, data []byte) (int, error) {
	return syscall.Write(int(socket), data)
}

func peekSocket(socket uintptr, data []byte) (int, error) {
	n, _, err := syscall.Recvfrom(int(socket), data, syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	return n, err
}
