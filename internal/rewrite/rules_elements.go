package rewrite

import "strings"

// elements are the elements of WXML that are not custom components, from the
// component reference of the platform.
var elements = func() map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(`
		block import include slot template wxs
		cover-image cover-view match-media movable-area movable-view page-container root-portal
		scroll-view share-element swiper swiper-item view
		icon progress rich-text selection span text
		button checkbox checkbox-group editor editor-portal form input keyboard-accessory label
		picker picker-view picker-view-column radio radio-group slider switch textarea
		double-tap-gesture-handler force-press-gesture-handler horizontal-drag-gesture-handler
		long-press-gesture-handler pan-gesture-handler scale-gesture-handler tap-gesture-handler
		vertical-drag-gesture-handler draggable-sheet grid-builder grid-view list-builder list-view
		nested-scroll-body nested-scroll-header open-container snapshot sticky-header sticky-section
		functional-page-navigator navigator
		animation-view animation-video audio camera channel-live channel-video image live-player live-pusher video voip-room
		map canvas web-view ad ad-custom official-account official-account-publish open-data
		open-data-list open-data-item native-component
		store-coupon store-gift store-home store-product
		page-meta navigation-bar
	`) {
		m[name] = true
	}
	return m
}()

// builtinElement reports whether tag is an element of the platform itself, not
// a custom component. The elements of xr-frame count.
func builtinElement(tag string) bool {
	tag = strings.ToLower(tag)
	return elements[tag] || strings.HasPrefix(tag, "xr-")
}
