// Waits to be looked at, as an editor does; ends by itself, should nobody end it.
package main

import "time"

func main() {
	time.Sleep(5 * time.Minute)
}
