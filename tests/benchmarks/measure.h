// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>
#include <vector>

/// Times in milliseconds, sizes in megabytes. CPU time is beside the time by the clock wherever it can be had: on a
/// machine that has other work to do only the former says something of the program.
namespace bench {

/// Since its making.
class Stopwatch final
{
public:
    enum class Cpu { Thread, Process };
    explicit Stopwatch(Cpu cpu = Cpu::Thread);
    [[nodiscard]] double wall() const;
    [[nodiscard]] double cpu() const;

private:
    Cpu m_kind;
    double m_wall;
    double m_cpu;
};

/// Many measurements of one thing.
class Series final
{
public:
    void add(const Stopwatch &stopwatch);
    /// "nameMs", "nameP95Ms", "nameCpuMs", "nameCpuP95Ms"
    void into(QJsonObject &result, const QString &name) const;
    [[nodiscard]] double wall() const; ///< medians
    [[nodiscard]] double cpu() const;
    [[nodiscard]] double last() const { return m_wall.back(); } ///< by the clock

private:
    std::vector<double> m_wall;
    std::vector<double> m_cpu;
};

[[nodiscard]] double cpuOfProcess();
[[nodiscard]] double residentMb(); ///< 0 where the system does not say
[[nodiscard]] double peakResidentMb();

/// "--name 5"
[[nodiscard]] int number(const QStringList &arguments, const QString &option, int otherwise);
/// One line of JSON with --json, else a table.
void print(const QJsonObject &result, const QStringList &arguments);

} // namespace bench
