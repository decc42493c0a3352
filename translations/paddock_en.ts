<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<!-- SPDX-FileCopyrightText: The Paddock authors -->
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>paddock::models::TypeFindingsModel</name>
    <message numerus="yes">
        <source>%n call site(s)</source>
        <translation>
            <numerusform>%n call site</numerusform>
            <numerusform>%n call sites</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::BackupsPage</name>
    <message numerus="yes">
        <source>%n backup(s), %1; old ones are removed by age and size</source>
        <translation>
            <numerusform>%n backup, %1; old ones are removed by age and size</numerusform>
            <numerusform>%n backups, %1; old ones are removed by age and size</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::DetailsPane</name>
    <message numerus="yes">
        <source>Run its %n pending</source>
        <translation>
            <numerusform>Run its %n pending</numerusform>
            <numerusform>Run its %n pending</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::DiffView</name>
    <message numerus="yes">
        <source>%n equal line(s)</source>
        <translation>
            <numerusform>%n equal line</numerusform>
            <numerusform>%n equal lines</numerusform>
        </translation>
    </message>
</context>
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
    <name>paddock::ui::FindingsList</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
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
    <message numerus="yes">
        <source>%n migration(s) have not run</source>
        <translation>
            <numerusform>%n migration has not run</numerusform>
            <numerusform>%n migrations have not run</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Code waits for %n migration(s)</source>
        <translation>
            <numerusform>Code waits for %n migration</numerusform>
            <numerusform>Code waits for %n migrations</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::MigrationDelegate</name>
    <message numerus="yes">
        <source>%n pending</source>
        <translation>
            <numerusform>%n pending</numerusform>
            <numerusform>%n pending</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::MigrationsView</name>
    <message numerus="yes">
        <source>%n pending</source>
        <translation>
            <numerusform>%n pending</numerusform>
            <numerusform>%n pending</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to settle</source>
        <translation>
            <numerusform>%n to settle</numerusform>
            <numerusform>%n to settle</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Run %n pending</source>
        <translation>
            <numerusform>Run %n pending</numerusform>
            <numerusform>Run %n pending</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::PlanDialog</name>
    <message numerus="yes">
        <source>Run %n migration(s)</source>
        <translation>
            <numerusform>Run %n migration</numerusform>
            <numerusform>Run %n migrations</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Revert %n migration(s)</source>
        <translation>
            <numerusform>Revert %n migration</numerusform>
            <numerusform>Revert %n migrations</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::QueryPage</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the first %Ln row(s); there are more</source>
        <translation>
            <numerusform>the first row; there are more</numerusform>
            <numerusform>the first %Ln rows; there are more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::ReportPane</name>
    <message numerus="yes">
        <source>%n migration(s) applied</source>
        <translation>
            <numerusform>%n migration applied</numerusform>
            <numerusform>%n migrations applied</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n migration(s) reverted</source>
        <translation>
            <numerusform>%n migration reverted</numerusform>
            <numerusform>%n migrations reverted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n before it went well and stay.</source>
        <translation>
            <numerusform>%n before it went well and stays.</numerusform>
            <numerusform>%n before it went well and stay.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::SchemaPage</name>
    <message numerus="yes">
        <source>%n table(s), read in %1</source>
        <translation>
            <numerusform>%n table, read in %1</numerusform>
            <numerusform>%n tables, read in %1</numerusform>
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
<context>
    <name>paddock::ui::TypesDelegate</name>
    <message numerus="yes">
        <source>… %n more line(s)</source>
        <translation>
            <numerusform>… %n more line</numerusform>
            <numerusform>… %n more lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n no longer compile</source>
        <translation>
            <numerusform>%n no longer compiles</numerusform>
            <numerusform>%n no longer compile</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call site(s)</source>
        <translation>
            <numerusform>%n call site</numerusform>
            <numerusform>%n call sites</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>paddock::ui::TypesView</name>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n could not be read</numerusform>
            <numerusform>%n could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Generate types (%n stale)</source>
        <translation>
            <numerusform>Generate types (%n stale)</numerusform>
            <numerusform>Generate types (%n stale)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The filters above hide all %n change(s).</source>
        <translation>
            <numerusform>The filters above hide the %n change.</numerusform>
            <numerusform>The filters above hide all %n changes.</numerusform>
        </translation>
    </message>
</context>
</TS>
