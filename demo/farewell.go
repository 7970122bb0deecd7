package main

import "sync"

// farewells are goodbyes that are being said in the background.
type farewells struct{ group sync.WaitGroup }

func (f *farewells) add(goodbye func()) { f.group.Go(goodbye) }

func (f *farewells) wait() { f.group.Wait() }
