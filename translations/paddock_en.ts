<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<!-- SPDX-FileCopyrightText: The Paddock authors -->
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>paddock::ui::DoctorDialog</name>
    <message numerus="yes">
        <source>%n thing(s) to look at</source>
        <translation>
            <numerusform>%n thing to look at</numerusform>
            <numerusform>%n things to look at</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::HistoryView</name>
    <message numerus="yes">
        <source>%Ln change(s)</source>
        <translation>
            <numerusform>%Ln change</numerusform>
            <numerusform>%Ln changes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::HotReloadView</name>
    <message numerus="yes">
        <source>%n, newest first</source>
        <translation>
            <numerusform>%n, newest first</numerusform>
            <numerusform>%n, newest first</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::JournalView</name>
    <message numerus="yes">
        <source>%Ln, newest first</source>
        <translation>
            <numerusform>%Ln, newest first</numerusform>
            <numerusform>%Ln, newest first</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::LogView</name>
    <message numerus="yes">
        <source>(%n more characters)</source>
        <translation>
            <numerusform>(%n more character)</numerusform>
            <numerusform>(%n more characters)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::LogsView</name>
    <message numerus="yes">
        <source>%Ln line(s)</source>
        <translation>
            <numerusform>%Ln line</numerusform>
            <numerusform>%Ln lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::MainWindow</name>
    <message numerus="yes">
        <source>%n file(s) wait: %1</source>
        <translation>
            <numerusform>%n file waits: %1</numerusform>
            <numerusform>%n files wait: %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) run or wait; they will be cancelled.</source>
        <translation>
            <numerusform>%n task runs or waits; it will be cancelled.</numerusform>
            <numerusform>%n tasks run or wait; they will be cancelled.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::StatusBar</name>
    <message numerus="yes">
        <source>%n task(s) at work</source>
        <translation>
            <numerusform>%n task at work</numerusform>
            <numerusform>%n tasks at work</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Watching paused, %n file(s) changed</source>
        <translation>
            <numerusform>Watching paused, %n file changed</numerusform>
            <numerusform>Watching paused, %n files changed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::TreeDelegate</name>
    <message numerus="yes">
        <source>%n migration(s) have not run</source>
        <translation>
            <numerusform>%n migration has not run</numerusform>
            <numerusform>%n migrations have not run</numerusform>
        </translation>
    </message>
</context>
</TS>
