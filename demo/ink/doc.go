// Package ink draws everything in the demo: a [Sheet] collects strokes, discs,
// rings and letters of one picture and hands them to the graphics card as one
// mesh with one small shader. The shader knows the distance of each pixel to
// the middle of its stroke, so edges are smooth and light falls off evenly at
// every size, on a high-DPI screen as in a small window, without any texture,
// font file or second pass. That also keeps the page small.
package ink
