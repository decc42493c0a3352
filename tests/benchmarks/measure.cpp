// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure.h"

#include <QFile>
#include <QJsonDocument>
#include <algorithm>
#include <cstdio>
#include <ctime>

namespace bench {

using namespace Qt::StringLiterals;

namespace {

double clockMs(clockid_t clock)
{
    timespec t = {};
    clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

clockid_t clockOf(Stopwatch::Cpu cpu)
{
    return cpu == Stopwatch::Cpu::Thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID;
}

double percentile(std::vector<double> values, double part)
{
    if (values.empty())
        return 0;
    std::ranges::sort(values);
    return values[std::min(values.size() - 1, static_cast<size_t>(part * static_cast<double>(values.size())))];
}

/// Of a line such as "VmRSS:  1234 kB".
double statusMb(QByteArrayView field)
{
    QFile file(u"/proc/self/status"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith(field))
            return line.sliced(field.size()).trimmed().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

} // namespace

Stopwatch::Stopwatch(Cpu cpu) : m_kind(cpu), m_wall(clockMs(CLOCK_MONOTONIC)), m_cpu(clockMs(clockOf(cpu))) {}

double Stopwatch::wall() const
{
    return clockMs(CLOCK_MONOTONIC) - m_wall;
}

double Stopwatch::cpu() const
{
    return clockMs(clockOf(m_kind)) - m_cpu;
}

void Series::add(const Stopwatch &stopwatch)
{
    m_cpu.push_back(stopwatch.cpu());
    m_wall.push_back(stopwatch.wall());
}

void Series::into(QJsonObject &result, const QString &name) const
{
    result[name + u"Ms"_s] = wall();
    result[name + u"P95Ms"_s] = percentile(m_wall, 0.95);
    result[name + u"CpuMs"_s] = cpu();
    result[name + u"CpuP95Ms"_s] = percentile(m_cpu, 0.95);
}

double Series::wall() const
{
    return percentile(m_wall, 0.5);
}

double Series::cpu() const
{
    return percentile(m_cpu, 0.5);
}

double cpuOfProcess()
{
    return clockMs(CLOCK_PROCESS_CPUTIME_ID);
}

double residentMb()
{
    return statusMb("VmRSS:");
}

double peakResidentMb()
{
    return statusMb("VmHWM:");
}

int number(const QStringList &arguments, const QString &option, int otherwise)
{
    const qsizetype at = arguments.indexOf(option);
    return at >= 0 && at + 1 < arguments.size() ? arguments[at + 1].toInt() : otherwise;
}

void print(const QJsonObject &result, const QStringList &arguments)
{
    if (arguments.contains(u"--json"_s)) {
        std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
        return;
    }
    for (auto it = result.begin(); it != result.end(); ++it)
        std::printf("%-26s %12.2f\n", qPrintable(it.key()), it.value().toDouble());
}

} // namespace bench
