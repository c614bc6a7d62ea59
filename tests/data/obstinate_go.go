// A go.exe for tests: it is the real one (REAL_GO), but for what OBSTINATE tells it to get wrong.
// Under the name fc.exe it compares two files, which the fc.exe of Wine does not do: 0 equal, 1 different, 2 neither.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func compare(args []string) int {
	one, err := os.ReadFile(args[1])
	other, err2 := os.ReadFile(args[2])
	switch {
	case len(args) != 3 || args[0] != "/b" || err != nil || err2 != nil:
		return 2
	case bytes.Equal(one, other):
		return 0
	}
	return 1
}

func main() {
	args := os.Args[1:]
	if strings.EqualFold(filepath.Base(os.Args[0]), "fc.exe") {
		os.Exit(compare(args))
	}
	writes := slices.Contains(args, "-w")
	switch os.Getenv("OBSTINATE") {
	case "refuses":
		if writes {
			fmt.Fprintln(os.Stderr, "go: no, thank you")
			os.Exit(1)
		}
	case "reads otherwise", "loses the copy":
		if slices.Equal(args, []string{"env", "GOPROXY"}) {
			fmt.Println("https://elsewhere.example")
			os.Exit(0)
		}
	}
	command := exec.Command(os.Getenv("REAL_GO"), args...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := command.Run()
	if writes && os.Getenv("OBSTINATE") == "loses the copy" {
		os.Remove(filepath.Join(os.Getenv("AppData"), "go", "env.goproxyctl"))
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		os.Exit(exit.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(70)
	}
}
