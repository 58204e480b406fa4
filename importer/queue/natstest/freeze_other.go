//go:build !unix

package natstest

import "os"

// Processes cannot be frozen here.

func freeze(*os.Process) {}

func thaw(*os.Process) {}
