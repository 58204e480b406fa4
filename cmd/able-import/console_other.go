//go:build !windows

package main

import "os"

// ownConsole is a question for Windows only: no other desktop opens a program
// of the terminal in a console that ends with it.
func ownConsole() bool { return false }

// showsColours is a question for Windows only.
func showsColours(*os.File) bool { return true }
