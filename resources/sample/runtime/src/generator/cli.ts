#!/usr/bin/env bun
console.log("x")
