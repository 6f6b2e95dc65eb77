"use strict";(wx["webpackJsonp"]=wx["webpackJsonp"]||[]).push([[216],{4184:function(e,t){e.exports=function(e){return e&&e.replace(/[\/'"`]/g,"")}}}]);
