// A program that stands in for one of Windows: it writes down how it was called, as Go and so most programs split a
// command line, to %REC_LOG%. As schtasks.exe it keeps tasks in %REC_TASKS%; as launch.exe it runs the command line that
// stands in the file it is given, with its variables put in as the Task Scheduler does.
package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(os.Args[0])), ".exe")
	if name == "launch" {
		launch(os.Args[1])
		return
	}
	record(name)
	if name == "schtasks" {
		os.Exit(schtasks(os.Args[1:]))
	}
}

func record(name string) {
	line, err := json.Marshal(map[string]any{"exe": name, "args": os.Args[1:]})
	check(err)
	log, err := os.OpenFile(os.Getenv("REC_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	check(err)
	_, err = log.Write(append(line, '\n'))
	check(err)
	check(log.Close())
}

func schtasks(args []string) int {
	option := map[string]string{}
	for i := 0; i+1 < len(args); i++ {
		option[args[i]] = args[i+1]
	}
	file := filepath.Join(os.Getenv("REC_TASKS"), strings.ReplaceAll(strings.Trim(option["/TN"], `\`), `\`, "~"))
	switch {
	case args[0] == "/Create":
		text, err := os.ReadFile(option["/XML"])
		check(err)
		check(os.WriteFile(file, text, 0o644))
	case args[0] == "/Delete":
		check(os.Remove(file))
	case option["/XML"] == "ONE":
		text, err := os.ReadFile(file)
		if err != nil {
			os.Stderr.WriteString("ERROR: The system cannot find the file specified.\r\n")
			return 1
		}
		for i := 2; i < len(text); i += 2 { // what the console gets: one byte for each character
			os.Stdout.Write(text[i : i+1])
		}
	default:
		entries, err := os.ReadDir(os.Getenv("REC_TASKS"))
		check(err)
		for _, entry := range entries {
			os.Stdout.WriteString(`"\` + strings.ReplaceAll(entry.Name(), "~", `\`) + "\",\"N/A\",\"Ready\"\r\n")
		}
	}
	return 0
}

func launch(file string) {
	text, err := os.ReadFile(file)
	check(err)
	program, line, _ := strings.Cut(string(text), "\n")
	for _, name := range []string{"SystemRoot", "USERPROFILE"} {
		line = strings.ReplaceAll(line, "%"+name+"%", os.Getenv(name))
	}
	started, err := os.StartProcess(program, []string{program}, &os.ProcAttr{
		Files: []*os.File{os.Stdin, os.Stdout, os.Stderr},
		Sys:   &syscall.SysProcAttr{CmdLine: line},
	})
	check(err)
	_, err = started.Wait()
	check(err)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
